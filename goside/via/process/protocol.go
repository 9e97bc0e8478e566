// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

// protocol is its version. What follows mirrors csrc/worker/protocol.h, which describes it.
const protocol = 2

// The functions of the protocol.
const (
	fnNoop uint32 = iota
	fnNot
	fnAdd
	fnSum
	fnStep
	fnRun
	fnJulia
	fnOLS
	fnRunInterchanged
	fnOLSInterchanged
	fnJuliaSplit
	fnTranspose
	fnTransposeNaive
	fnTeam
	fnInts
	fnDoubles
	fnBool
	fnInt8
	fnInt16
	fnInt32
	fnUint8
	fnUint16
	fnUint32
	fnFloat
	fnLength
	fnFirst
	fnFill
	fnBatch
	fnVariadic
	fnPair
	fnPairAt
	fnLongs
	fnSplit
	fnTriple
	fnMixed
	fnMixedAt
	fnTextLength
	fnTextStatic
	fnTextNew
	fnTextInto
	fnTextLive
	fnStatus
	fnErrno
	fnHandle
	fnSpin
	fnSleep
)

// functions are their names, and how many integers and doubles each answers.
var functions = [...]struct {
	name              string
	integers, doubles uint32
}{
	fnNoop:            {"NOOP", 0, 0},
	fnNot:             {"NOT", 1, 0},
	fnAdd:             {"ADD", 0, 1},
	fnSum:             {"SUM", 0, 1},
	fnStep:            {"STEP", 1, 0},
	fnRun:             {"RUN", 1, 0},
	fnJulia:           {"JULIA", 1, 0},
	fnOLS:             {"OLS", 1, 0},
	fnRunInterchanged: {"RUN_INTERCHANGED", 1, 0},
	fnOLSInterchanged: {"OLS_INTERCHANGED", 1, 0},
	fnJuliaSplit:      {"JULIA_SPLIT", 1, 0},
	fnTranspose:       {"TRANSPOSE", 1, 0},
	fnTransposeNaive:  {"TRANSPOSE_NAIVE", 1, 0},
	fnTeam:            {"TEAM", 1, 0},
	fnInts:            {"INTS", 1, 0},
	fnDoubles:         {"DOUBLES", 0, 1},
	fnBool:            {"BOOL", 1, 0},
	fnInt8:            {"INT8", 1, 0},
	fnInt16:           {"INT16", 1, 0},
	fnInt32:           {"INT32", 1, 0},
	fnUint8:           {"UINT8", 1, 0},
	fnUint16:          {"UINT16", 1, 0},
	fnUint32:          {"UINT32", 1, 0},
	fnFloat:           {"FLOAT", 0, 1},
	fnLength:          {"LENGTH", 1, 0},
	fnFirst:           {"FIRST", 0, 1},
	fnFill:            {"FILL", 0, 0},
	fnBatch:           {"BATCH", 0, 0},
	fnVariadic:        {"VARIADIC", 0, 1},
	fnPair:            {"PAIR", 0, 2},
	fnPairAt:          {"PAIR_AT", 0, 0},
	fnLongs:           {"LONGS", 2, 0},
	fnSplit:           {"SPLIT", 1, 1},
	fnTriple:          {"TRIPLE", 0, 3},
	fnMixed:           {"MIXED", 4, 2},
	fnMixedAt:         {"MIXED_AT", 0, 0},
	fnTextLength:      {"TEXT_LENGTH", 1, 0},
	fnTextStatic:      {"TEXT_STATIC", 1, 0},
	fnTextNew:         {"TEXT_NEW", 1, 0},
	fnTextInto:        {"TEXT_INTO", 1, 0},
	fnTextLive:        {"TEXT_LIVE", 1, 0},
	fnStatus:          {"STATUS", 1, 0},
	fnErrno:           {"ERRNO", 2, 0},
	fnHandle:          {"HANDLE", 1, 0},
	fnSpin:            {"SPIN", 0, 0},
	fnSleep:           {"SLEEP", 0, 0},
}

// isKernel reports whether a function may work for long.
func isKernel(function uint32) bool {
	return function >= fnStep && function <= fnTransposeNaive || function == fnSpin || function == fnSleep
}

// The directions of an array.
const (
	directionIn  = 1
	directionOut = 2
)

// The most numbers, arrays and bytes of text in a message, in shared memory.
const (
	maxNumbers = 40
	maxArrays  = 8
	maxText    = 1024
)

// place mirrors toll_place, message toll_message.
type place struct {
	Kind, Direction uint32
	Bytes, Offset   uint64
}

type message struct {
	Function, Variant, Integers, Doubles, Arrays uint32
	Status                                       uint32
	TextLength                                   uint32
	_                                            uint32
	Integer                                      [maxNumbers]int64
	Double                                       [maxNumbers]float64
	Array                                        [maxArrays]place
	Text                                         [maxText]byte
}

// slot mirrors toll_slot.
type slot struct {
	Request      uint32
	_            [60]byte
	Response     uint32
	_            [60]byte
	WorkerSleeps uint32
	_            [60]byte
	HostSleeps   uint32
	_            [60]byte
	Message      message
}
