// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

const process, workerMode = "process", "worker"

type worker struct{}
type pool struct{}

func (p *pool) start(s *session, n int) error { return nil }
func (p *pool) next() *worker                 { return nil }
func (p *pool) close()                        {}

func (s *session) throughWorker(noop bool) Calls { return nil }
func work(c []Crossing, file string) int         { return 2 }
func (s *session) crowd() error                  { return nil }
