// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Program toll-goplugin calls a process beside it by hashicorp/go-plugin: "grpc" or "netrpc" as its argument says which of
// its two protocols. It is both ends: the host starts its own executable as the plugin, which serves the functions in Go.
//
// It is a module of its own, so that what go-plugin depends on does not become what Toll depends on. Toll starts the host,
// and writes requests to its standard input: JSON, a line each. The host answers each by a line on standard output, and
// ends when its input does. The time of calls is taken in the host, so Toll's requests are not in it.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/kernel"
)

// request asks for calls. Its fields and those of answer are known to goside/study/calls/beside, too.
type request struct {
	Verify  bool   // run the conformance suite of calls
	Payload string // of calls.Payloads, by function
	Size    int    // and size
	Calls   int
}

// answer is the reply to a request, and the first line, which Says what runs.
type answer struct {
	Says    string `json:",omitempty"`
	Error   string `json:",omitempty"`
	Lacks   bool   `json:",omitempty"` // the function is not offered
	Checked int    `json:",omitempty"` // calls verified
	Elapsed int64  `json:",omitempty"` // ns, of all calls
}

var handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "TOLL_GOPLUGIN", MagicCookieValue: "calls"}

// name is that of the plugin in go-plugin's maps.
const name = "calls"

// protocols are go-plugin's two.
var protocols = map[string]struct {
	protocol plugin.Protocol
	plugin   plugin.Plugin
}{
	"grpc":   {plugin.ProtocolGRPC, &overGRPC{}},
	"netrpc": {plugin.ProtocolNetRPC, &overNetRPC{}},
}

func main() {
	if len(os.Args) != 2 || protocols[os.Args[1]].plugin == nil {
		fmt.Fprintf(os.Stderr, "toll-goplugin: arguments are %q, want grpc or netrpc\n", os.Args[1:])
		os.Exit(2)
	}
	if os.Getenv(handshake.MagicCookieKey) == handshake.MagicCookieValue {
		servePlugin(os.Args[1])
		return
	}
	if err := host(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "toll-goplugin: %v\n", err)
		os.Exit(1)
	}
}

// servePlugin is the plugin's side. It ends with its host, however that ends: file 3 is a pipe that only the host can write.
func servePlugin(protocol string) {
	log.SetOutput(io.Discard) // on which go-plugin's net/rpc says that it ends
	go func() {
		_, _ = io.Copy(io.Discard, os.NewFile(3, "host"))
		os.Exit(0)
	}()
	config := &plugin.ServeConfig{
		HandshakeConfig: handshake,
		Plugins:         plugin.PluginSet{name: protocols[protocol].plugin},
		Logger:          hclog.NewNullLogger(),
	}
	if protocol == "grpc" {
		config.GRPCServer = func(options []grpc.ServerOption) *grpc.Server {
			// By default a server refuses more than 4 MiB.
			return grpc.NewServer(append(options, grpc.MaxRecvMsgSize(math.MaxInt32))...)
		}
	}
	plugin.Serve(config)
}

// start starts the plugin, and returns its functions and what ends it.
func start(protocol string) (*calls.Funcs, func(), error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	alive, hold, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(exe, protocol)
	cmd.ExtraFiles = []*os.File{alive}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake,
		Plugins:          plugin.PluginSet{name: protocols[protocol].plugin},
		Cmd:              cmd,
		AllowedProtocols: []plugin.Protocol{protocols[protocol].protocol},
		Logger:           hclog.NewNullLogger(),
		Stderr:           os.Stderr,
	})
	end := func() {
		client.Kill()
		_ = hold.Close()
	}
	peer, err := client.Client()
	_ = alive.Close()
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("starting the plugin: %w", err)
	}
	functions, err := peer.Dispense(name)
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("asking for the plugin: %w", err)
	}
	return functions.(*calls.Funcs), end, nil
}

// host answers requests until there are no more.
func host(protocol string, in io.Reader, out io.Writer) error {
	f, end, err := start(protocol)
	if err != nil {
		return err
	}
	defer end()
	payloads := calls.Payloads()
	say := json.NewEncoder(out)
	if err := say.Encode(answer{Says: versions()}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var asked request
		reply := answer{}
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			reply.Error = fmt.Sprintf("the request %q: %v", lines.Text(), err)
		} else {
			reply = serve(f, payloads, asked)
		}
		if err := say.Encode(reply); err != nil {
			return err
		}
	}
	return lines.Err()
}

// broken is what a function panics with if its call did not come back, since the functions of calls.Funcs return no error.
type broken struct{ error }

// serve does what a request asks for.
func serve(f *calls.Funcs, payloads []calls.Payload, asked request) (reply answer) {
	defer func() {
		switch err := recover().(type) {
		case nil:
		case broken:
			reply = answer{Error: err.Error()}
		default:
			panic(err)
		}
	}()
	if asked.Verify {
		checked, wrong := conform.VerifyCalls(f)
		if err := errors.Join(wrong...); err != nil {
			return answer{Error: err.Error()}
		}
		return answer{Checked: checked}
	}
	for k := range payloads {
		p := &payloads[k]
		if p.Kernel != asked.Payload || p.N != asked.Size {
			continue
		}
		if asked.Calls < 1 {
			return answer{Error: fmt.Sprintf("%d calls were asked for, want at least 1", asked.Calls)}
		}
		begun := time.Now()
		err := p.Run(f, asked.Calls)
		elapsed := time.Since(begun)
		switch {
		case errors.Is(err, kernel.ErrNotOffered):
			return answer{Lacks: true}
		case err != nil:
			return answer{Error: err.Error()}
		}
		return answer{Elapsed: elapsed.Nanoseconds()}
	}
	return answer{Error: fmt.Sprintf("there is no payload %s of %d", asked.Payload, asked.Size)}
}

// versions says which releases this program is built of.
func versions() string {
	var all []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			switch m.Path {
			case "github.com/hashicorp/go-plugin", "google.golang.org/grpc":
				all = append(all, m.Path[strings.LastIndex(m.Path, "/")+1:]+" "+m.Version)
			}
		}
	}
	return strings.Join(all, ", ")
}
