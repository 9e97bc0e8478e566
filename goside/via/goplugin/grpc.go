// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"toll/goside/calls"
	"toll/goside/via/mem"
)

// overGRPC is the plugin by gRPC. Its messages are those that protobuf itself defines, so that nothing is generated. Numbers
// of which there are several cross as the bytes that they are in memory, and so do strings, since protobuf's are UTF-8 only.
type overGRPC struct{ plugin.NetRPCUnsupportedPlugin }

const service = "toll.Calls"

// unary makes a method of the service of a function.
func unary[In, Out any](method string, f func(of *calls.Funcs, in *In) (*Out, error)) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: method, Handler: func(of any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		in := new(In)
		if err := decode(in); err != nil {
			return nil, err
		}
		return f(of.(*calls.Funcs), in)
	}}
}

var description = grpc.ServiceDesc{ServiceName: service, HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{
	unary("Noop", func(of *calls.Funcs, in *emptypb.Empty) (*emptypb.Empty, error) {
		of.Noop()
		return in, nil
	}),
	unary("Not", func(of *calls.Funcs, in *wrapperspb.Int64Value) (*wrapperspb.Int64Value, error) {
		return wrapperspb.Int64(of.Not(in.Value)), nil
	}),
	unary("Add", func(of *calls.Funcs, in *wrapperspb.BytesValue) (*wrapperspb.DoubleValue, error) {
		var a [2]float64
		if err := numbers(a[:], in.Value); err != nil {
			return nil, err
		}
		return wrapperspb.Double(of.Add(a[0], a[1])), nil
	}),
	unary("Ints", func(of *calls.Funcs, in *wrapperspb.BytesValue) (*wrapperspb.Int64Value, error) {
		var a [calls.MaxArity]int64
		n := len(in.Value) / 8
		if n > len(a) || of.Ints[n] == nil {
			return nil, fmt.Errorf("goplugin: %d integers are passed, want one of %d", n, calls.Arities)
		}
		if err := numbers(a[:n], in.Value); err != nil {
			return nil, err
		}
		return wrapperspb.Int64(of.Ints[n](&a)), nil
	}),
	unary("Length", func(of *calls.Funcs, in *wrapperspb.BytesValue) (*wrapperspb.Int64Value, error) {
		p, err := doubles(in.Value)
		return wrapperspb.Int64(of.Length(p)), err
	}),
	unary("Sum", func(of *calls.Funcs, in *wrapperspb.BytesValue) (*wrapperspb.DoubleValue, error) {
		p, err := doubles(in.Value)
		return wrapperspb.Double(of.Sum(p)), err
	}),
	unary("Fill", func(of *calls.Funcs, in *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error) {
		if len(in.Value) != 16 {
			return nil, fmt.Errorf("goplugin: the request to fill has %d bytes, want 16", len(in.Value))
		}
		n := binary.NativeEndian.Uint64(in.Value)
		if n > math.MaxInt32/8 {
			return nil, fmt.Errorf("goplugin: %d elements are to be filled, want at most %d", n, math.MaxInt32/8)
		}
		p := make([]float64, n)
		of.Fill(p, math.Float64frombits(binary.NativeEndian.Uint64(in.Value[8:])))
		return wrapperspb.Bytes(mem.Bytes(p)), nil
	}),
	unary("Batch", func(of *calls.Funcs, in *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error) {
		p, err := doubles(in.Value)
		if err != nil {
			return nil, err
		}
		n := len(p) / 2
		out := make([]float64, n)
		of.Batch(out, p[:n], p[n:2*n])
		return wrapperspb.Bytes(mem.Bytes(out)), nil
	}),
	unary("TextLength", func(of *calls.Funcs, in *wrapperspb.BytesValue) (*wrapperspb.Int64Value, error) {
		return wrapperspb.Int64(of.TextLength(string(in.Value))), nil
	}),
	unary("TextInto", func(of *calls.Funcs, in *wrapperspb.Int64Value) (*wrapperspb.BytesValue, error) {
		return wrapperspb.Bytes([]byte(of.TextInto(in.Value))), nil
	}),
}}

// numbers copies the numbers that the bytes are into p.
func numbers[T int64 | float64](p []T, from []byte) error {
	if len(from) != 8*len(p) {
		return fmt.Errorf("goplugin: %d bytes are passed, want %d numbers of 8", len(from), len(p))
	}
	copy(mem.Bytes(p), from)
	return nil
}

// doubles returns the numbers that the bytes are.
func doubles(from []byte) ([]float64, error) {
	p := make([]float64, len(from)/8)
	return p, numbers(p, from)
}

// GRPCServer serves the functions in Go.
func (*overGRPC) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&description, calls.Go())
	return nil
}

// GRPCClient returns the functions as a *calls.Funcs, which panic with a broken.
func (*overGRPC) GRPCClient(ctx context.Context, _ *plugin.GRPCBroker, to *grpc.ClientConn) (any, error) {
	call := func(method string, in, out proto.Message) {
		if err := to.Invoke(ctx, "/"+service+"/"+method, in, out); err != nil {
			panic(broken{fmt.Errorf("goplugin: calling %s by gRPC: %w", method, err)})
		}
	}
	f := &calls.Funcs{
		Noop: func() { call("Noop", new(emptypb.Empty), new(emptypb.Empty)) },
		Not: func(x int64) int64 {
			var out wrapperspb.Int64Value
			call("Not", wrapperspb.Int64(x), &out)
			return out.Value
		},
		Add: func(x, y float64) float64 {
			var out wrapperspb.DoubleValue
			call("Add", wrapperspb.Bytes(mem.Bytes([]float64{x, y})), &out)
			return out.Value
		},
		Length: func(p []float64) int64 {
			var out wrapperspb.Int64Value
			call("Length", wrapperspb.Bytes(mem.Bytes(p)), &out)
			return out.Value
		},
		Sum: func(p []float64) float64 {
			var out wrapperspb.DoubleValue
			call("Sum", wrapperspb.Bytes(mem.Bytes(p)), &out)
			return out.Value
		},
		Fill: func(p []float64, x float64) {
			in := binary.NativeEndian.AppendUint64(nil, uint64(len(p)))
			var out wrapperspb.BytesValue
			call("Fill", wrapperspb.Bytes(binary.NativeEndian.AppendUint64(in, math.Float64bits(x))), &out)
			if err := numbers(p, out.Value); err != nil {
				panic(broken{err})
			}
		},
		Batch: func(out, x, y []float64) {
			in := append(slices.Clone(mem.Bytes(x)), mem.Bytes(y)...)
			var back wrapperspb.BytesValue
			call("Batch", wrapperspb.Bytes(in), &back)
			if err := numbers(out, back.Value); err != nil {
				panic(broken{err})
			}
		},
		TextLength: func(s string) int64 {
			var out wrapperspb.Int64Value
			call("TextLength", wrapperspb.Bytes([]byte(s)), &out)
			return out.Value
		},
		TextInto: func(n int64) string {
			var out wrapperspb.BytesValue
			call("TextInto", wrapperspb.Int64(n), &out)
			return string(out.Value)
		},
	}
	for k, reference := range calls.Go().Ints {
		if reference != nil {
			f.Ints[k] = func(a *[calls.MaxArity]int64) int64 {
				var out wrapperspb.Int64Value
				call("Ints", wrapperspb.Bytes(mem.Bytes(a[:k])), &out)
				return out.Value
			}
		}
	}
	return f, nil
}
