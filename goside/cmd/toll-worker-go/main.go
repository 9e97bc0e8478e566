// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command toll-worker-go is the worker in Go that goside/via/process asks. Toll starts it; csrc/worker/protocol.h describes how
// they speak.
package main

import (
	"fmt"
	"os"

	"toll/goside/via/process"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintf(os.Stderr, "worker: %d arguments, want a transport: pipe, socket or shm\n", len(os.Args)-1)
		os.Exit(2)
	}
	if err := process.Serve(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		os.Exit(1)
	}
}
