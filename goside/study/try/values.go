// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"toll/goside/kernel"
	"toll/goside/try/prototype"
	"toll/goside/via/harness"
)

// number returns what the bytes of a number are: float64, int64, uint64 or bool; nil if the type is none, or bytes are missing.
func number(t *prototype.Type, b []byte) any {
	if int64(len(b)) < t.Size || t.Size < 1 || t.Size > 8 {
		return nil
	}
	b = b[:t.Size]
	var bits uint64
	switch t.Size {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(binary.NativeEndian.Uint16(b))
	case 4:
		bits = uint64(binary.NativeEndian.Uint32(b))
	case 8:
		bits = binary.NativeEndian.Uint64(b)
	default:
		return nil
	}
	switch t.Kind {
	case prototype.Float:
		if t.Size == 4 {
			return float64(math.Float32frombits(uint32(bits)))
		}
		return math.Float64frombits(bits)
	case prototype.Signed:
		shift := 64 - 8*t.Size
		return int64(bits<<shift) >> shift
	case prototype.Uint:
		return bits
	case prototype.Bool:
		return bits != 0
	}
	return nil
}

// show shows a number, or bytes.
func show(t *prototype.Type, b []byte) string {
	switch x := number(t, b).(type) {
	case float64:
		if t.Size == 4 {
			return strconv.FormatFloat(x, 'g', -1, 32)
		}
		return strconv.FormatFloat(x, 'g', -1, 64)
	case nil:
		return fmt.Sprintf("%x", b)
	default:
		return fmt.Sprint(x)
	}
}

// apart says how far two floating-point numbers lie from each other, "" of others.
func apart(t *prototype.Type, a, b []byte) string {
	x, is := number(t, a).(float64)
	y, _ := number(t, b).(float64)
	switch {
	case !is:
		return ""
	case math.IsNaN(x) || math.IsNaN(y):
		return "" // of these there is no distance
	}
	ulps := kernel.ULPs(x, y)
	if t.Size == 4 {
		ulps = kernel.ULPs32(float32(x), float32(y))
	}
	return fmt.Sprintf(", %d ULP apart", ulps)
}

// elem returns the type of the numbers in memory that a parameter leads to, or of a value.
func elem(t *prototype.Type) *prototype.Type {
	for t.Kind == prototype.Pointer || t.Kind == prototype.Array {
		if t.Elem == nil || t.Elem.Size == 0 || t.Kind == prototype.Pointer && t.Elem.Kind == prototype.Pointer {
			return byteType
		}
		t = t.Elem
	}
	return t
}

// byteType is that of memory of which no more is known.
var byteType = &prototype.Type{Kind: prototype.Uint, Name: "unsigned char", Size: 1, Align: 1}

// differ returns where bytes of a type first differ, "" if they do not: "element 3: 1 and 2". A number alone has no element.
func differ(t *prototype.Type, a, b []byte) string {
	if bytes.Equal(a, b) {
		return ""
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d and %d bytes", len(a), len(b))
	}
	t = elem(t)
	if t.Kind == prototype.Struct {
		return differInStruct(t, a, b)
	}
	size := int(t.Size)
	if size < 1 || len(a)%size != 0 {
		t, size = byteType, 1
	}
	for k := 0; k+size <= len(a); k += size {
		if x, y := a[k:k+size], b[k:k+size]; !bytes.Equal(x, y) {
			where := ""
			if len(a) > size {
				where = fmt.Sprintf("element %d: ", k/size)
			}
			return fmt.Sprintf("%s%s and %s%s", where, show(t, x), show(t, y), apart(t, x, y))
		}
	}
	return ""
}

// differInStruct is differ, of structures; what lies between their fields does not count.
func differInStruct(t *prototype.Type, a, b []byte) string {
	for at := 0; t.Size > 0 && at+int(t.Size) <= len(a); at += int(t.Size) {
		where := ""
		if len(a) > int(t.Size) {
			where = fmt.Sprintf("element %d", at/int(t.Size))
		}
		for _, f := range t.Field {
			from, to := at+int(f.Offset), at+int(f.Offset+f.Type.Size)
			if to > len(a) {
				continue
			}
			inside := *f.Type
			if inside.Kind == prototype.Pointer {
				inside = *byteType
				inside.Size = f.Type.Size
			}
			if said := differ(&inside, a[from:to], b[from:to]); said != "" {
				return fmt.Sprintf("%s.%s: %s", where, f.Name, said)
			}
		}
	}
	return ""
}

// same returns what two calls of a function left differently, "" if all is equal to the bit: "result: 1 and 2". Of a pointer in
// the result only whether it is nil counts, and the text that it leads to.
func same(f *prototype.Function, a, b *harness.Called) string {
	switch f.Result.Kind {
	case prototype.Void:
	case prototype.Pointer:
		if x, y := isNil(a.Result), isNil(b.Result); x != y {
			return fmt.Sprintf("result: %s and %s", nilText(x), nilText(y))
		}
		if a.Into != b.Into || a.Offset != b.Offset {
			return fmt.Sprintf("result: a pointer to %s and one to %s", into(a), into(b))
		}
		if x, y := text(a), text(b); x != y {
			return fmt.Sprintf("result: %q and %q", snip(x), snip(y))
		}
	default:
		if said := differ(f.Result, a.Result, b.Result); said != "" {
			return "result: " + said
		}
	}
	for _, p := range f.Params {
		if said := differ(p.Type, a.Memory[p.Name], b.Memory[p.Name]); said != "" {
			return p.Name + ": " + said
		}
	}
	return ""
}

// into says where a pointer leads to.
func into(c *harness.Called) string {
	if c.Into == "" {
		return "no argument"
	}
	return fmt.Sprintf("byte %d of %s", c.Offset, c.Into)
}

func isNil(pointer []byte) bool { return len(bytes.Trim(pointer, "\x00")) == 0 }

func nilText(null bool) string {
	if null {
		return "nil"
	}
	return "a pointer"
}

func text(c *harness.Called) string {
	if c.Text == nil {
		return ""
	}
	return *c.Text
}
