package report

func model(p *callsPrinter) {}
