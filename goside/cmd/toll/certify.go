// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/klauspost/cpuid/v2"
	"github.com/spf13/cobra"

	"toll/goside/certify"
	"toll/goside/level"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study"
)

func certifyCommand() *cobra.Command {
	var kernels, patterns []string
	var output, against, into string
	var table, languages bool
	c := &cobra.Command{
		Use:   "certify [CERTIFICATE...]",
		Short: "Write what this machine computes into a small file, and compare it with another machine's",
		Long: `Certify runs the conformance suite, as toll verify does, and writes a certificate: the SHA-256 of all memory that each
problem leaves, what each route did and how it was built. A NaN counts as one and the same; guards, padding and inputs are
in the sum. With --against FILE it then says what differs from the certificate in FILE: which problems, by how many ULP, and
the likely cause. To find the cause, it computes a problem in exact arithmetic under each hypothesis: fused multiply-add,
flush to zero, the x87's extended precision, another order of operations, a reciprocal in place of a division.

With a CERTIFICATE nothing is run: that one is compared. With --table it prints a table of certificates: a row for each
crossing, a column for each certificate, and how many languages were verified. --languages has a row for each language, and in
which certificates each of its routes was verified. --into puts a table into a file, between the lines
"<!-- toll certify: begin -->" and "<!-- toll certify: end -->".

Certificates of other machines are in docs/certificates. The exit code is 1 if a route differs from the reference, or if the
certificates differ. What only one of the two machines has is said, and is no difference.`,
		Example: `  toll certify --route 'c/*' --kernel call -o build/certificate.txt --against docs/certificates/amd64-v1.txt
  toll certify docs/certificates/arm64.txt --against docs/certificates/amd64-v4.txt
  toll certify --table docs/certificates/*.txt`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if table || languages || into != "" {
				of := certify.Table
				if languages {
					of = certify.Languages
				}
				return certificateTable(cmd, args, into, of)
			}
			if len(args) > 1 {
				return seam.Usagef("certify: %d certificates, want one, or --table", len(args))
			}
			var there *certify.Certificate
			var err error
			if against != "" {
				if there, err = readCertificate(against); err != nil {
					return err
				}
			}
			var here *certify.Certificate
			name, wrong := "this machine", error(nil)
			switch {
			case len(args) == 0:
				here, wrong, err = makeCertificate(cmd, patterns, kernels, output)
			case there == nil:
				err = seam.Usagef("certify: %s is to be compared with nothing, want --against FILE", args[0])
			default:
				name = title(args[0])
				here, err = readCertificate(args[0])
			}
			if err != nil || there == nil {
				return errors.Join(err, wrong)
			}
			if !printComparison(out, certify.Compare(here, there, name, title(against)), title(against)) {
				wrong = study.ErrReported
			}
			return wrong
		},
	}
	c.Flags().StringSliceVar(&kernels, "kernel", []string{"*"}, "kernels: call, diffusion, julia, ols, transpose, or patterns")
	c.Flags().StringSliceVar(&patterns, "route", nil, "routes: names or patterns such as '*/purego' (default all)")
	c.Flags().StringVarP(&output, "output", "o", filepath.Join(study.Results, "certificate.txt"), "file to write the certificate to")
	c.Flags().StringVar(&against, "against", "", "certificate to compare with")
	c.Flags().BoolVar(&table, "table", false, "print a table of certificates, as Markdown")
	c.Flags().BoolVar(&languages, "languages", false, "print a table of the languages in certificates, as Markdown")
	c.Flags().StringVar(&into, "into", "", "Markdown file to put the table into")
	return c
}

// title returns what a certificate is called.
func title(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txt") }

func readCertificate(file string) (*certify.Certificate, error) {
	c, err := certify.ReadFile(file)
	if err != nil {
		return nil, seam.UsageError{Err: err}
	}
	return c, nil
}

// makeCertificate runs the suite and writes the certificate. wrong says that a route did not hold.
func makeCertificate(cmd *cobra.Command, patterns, kernels []string, output string) (c *certify.Certificate, wrong, err error) {
	routes, err := toVerify(patterns)
	if err != nil {
		return nil, nil, err
	}
	file, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), output)
	if err != nil {
		return nil, nil, fmt.Errorf("the certificate cannot be written: %w", err)
	}
	maker := &certify.Maker{}
	results, err := study.VerifyEach(routes, kernels, maker.Ran)
	if err != nil { // a certificate of a part would pass for one of the whole
		return nil, nil, err
	}
	c = maker.Certificate(certificateFacts(), results)
	if len(c.Problems) == 0 {
		return nil, nil, errors.Join(outcome(results, patterns != nil), errors.New("certify: no route ran a problem"))
	}
	var text bytes.Buffer
	if err := errors.Join(c.Write(&text), file.Write(text.Bytes())); err != nil {
		return nil, nil, err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%d problems; %d routes left the same memory as the reference, %d kept within their bound, %d differ, %d are unavailable\n",
		len(c.Problems), c.Count(certify.Same), c.Count(certify.Bounded), c.Count(certify.Differs), c.Count(certify.Unavailable))
	for k := range c.Routes {
		r := &c.Routes[k]
		for _, cause := range r.Causes {
			fmt.Fprintf(out, "%s differs on %s: %s\n", r.Name, cause.Kernel, cause.Says)
		}
	}
	fmt.Fprintf(out, "Certificate: %s\n", output)
	if c.Count(certify.Differs) > 0 {
		wrong = study.ErrReported
	}
	return c, wrong, nil
}

// certificateFacts says of what machine and build a certificate is.
func certificateFacts() []measure.Fact {
	facts := []measure.Fact{
		{Key: "revision", Value: study.Revision},
		{Key: "system", Value: machine.System()},
		{Key: "build", Value: machine.Build()},
		{Key: "go", Value: runtime.Version()},
		{Key: "cpu", Value: cpuid.CPU.BrandName},
		{Key: "level", Value: level.Chosen()},
	}
	if by := machine.Emulated(); by != "" {
		facts = append(facts, measure.Fact{Key: "emulated", Value: by})
	}
	return facts
}

// printComparison prints what two certificates say, and reports whether nothing differs.
func printComparison(out io.Writer, c *certify.Comparison, against string) bool {
	routes := "routes"
	if c.Routes == 1 {
		routes = "route"
	}
	fmt.Fprintf(out, "Against %s: the references agree on %d of %d problems; both computed %d %s.\n",
		against, c.Both-len(c.Differ), c.Both, c.Routes, routes)
	for _, text := range c.Lines {
		fmt.Fprintln(out, text)
	}
	if c.Here+c.There > 0 {
		fmt.Fprintf(out, "Not compared: %d problems that only this one has, %d that only %s has.\n", c.Here, c.There, against)
	}
	if c.Both == 0 {
		fmt.Fprintln(out, "Nothing was compared: the two have no problem in common.")
	}
	if c.Equal() {
		fmt.Fprintln(out, "They agree.")
	}
	return c.Equal()
}

func certificateTable(cmd *cobra.Command, files []string, into string, of func([]certify.Column) string) error {
	if len(files) == 0 {
		return seam.Usagef("certify: no certificate, want at least one for a table")
	}
	var columns []certify.Column
	for _, file := range files {
		c, err := readCertificate(file)
		if err != nil {
			return err
		}
		link := file
		if into != "" && !filepath.IsAbs(into) { // a link in a file starts at its folder
			if below, err := filepath.Rel(filepath.Dir(into), file); err == nil {
				link = filepath.ToSlash(below)
			}
		}
		columns = append(columns, certify.Column{Name: title(file), File: link, Certificate: c})
	}
	text := of(columns)
	if into == "" {
		_, err := io.WriteString(cmd.OutOrStdout(), text)
		return err
	}
	out, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), into)
	if err != nil {
		return err
	}
	return splice(out, into, "certify", []byte(text))
}
