// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"

	"toll/goside/kernel"
)

// Reference returns the checksum and the digests of the blocks that a run on made users must have, by Go's kernel, which is the
// reference. It makes the users anew, so it also says whether the driver makes them as it should.
func Reference(rows, days, window int, seed int64) (string, []Digest, error) {
	levels := levels()
	windows := days - window + 1
	total := sha256.New()
	fmt.Fprintf(total, "toll fit %d %d %d %d\n", rows, days, window, Block)
	var digests []Digest
	for first := 0; first < rows; first += Block {
		users := min(Block, rows-first)
		y := observations(levels, seed, first/Block, days)
		var sums Digest
		slope, intercept := make([]float64, users), make([]float64, users)
		for t := range windows {
			view := kernel.Grid{Data: y[t*Block : (t+window)*Block], Rows: users, Cols: window, LD: Block, Layout: kernel.Col}
			line := kernel.OLS{Slope: slope, Intercept: intercept, Y: view, Hi: users, Par: kernel.Par{Threads: 1}}
			if err := kernel.Go().OLS(&line); err != nil {
				return "", nil, fmt.Errorf("fit: %w", err)
			}
			sums[0], sums[1] = crc(sums[0], slope), crc(sums[1], intercept)
		}
		digests = append(digests, sums)
		_ = binary.Write(total, binary.BigEndian, sums)
	}
	return hex.EncodeToString(total.Sum(nil)), digests, nil
}

func crc(sum uint32, values []float64) uint32 {
	text := make([]byte, 0, 8*len(values))
	for _, v := range values {
		text = binary.LittleEndian.AppendUint64(text, math.Float64bits(v))
	}
	return crc32.Update(sum, crc32.IEEETable, text)
}

// levels returns what 65,536 equally likely levels stand for: the inverse of the distribution function of Poisson(60), over 60.
func levels() []float64 {
	const n, mean = 1 << 16, 60.0
	all := make([]float64, n)
	count, probability, below := 0, 8.75651076269652e-27, 8.75651076269652e-27
	for k := range all {
		for (float64(k)+0.5)/n >= below && count < 200 {
			count++
			probability = float64(probability*mean) / float64(count)
			below += probability
		}
		all[k] = float64(count) / mean
	}
	return all
}

// observations returns the days of a block of users, a line for each day.
func observations(levels []float64, seed int64, block, days int) []float64 {
	digest := sha256.Sum256(fmt.Appendf(nil, "toll fit %d %d", seed, block))
	word := func(at int) uint64 { return binary.BigEndian.Uint64(digest[at:]) }
	generator := pcg64dxsm{word(0), word(8), word(16), word(24) | 1}
	y := make([]float64, days*Block)
	for k := 0; k < len(y); k += 4 {
		raw := generator.next()
		for j := range 4 {
			y[k+j] = levels[uint16(raw>>(16*j))]
		}
	}
	return y
}

// pcg64dxsm is NumPy's generator of that name: Go's PCG has another multiplier.
type pcg64dxsm struct{ hi, lo, incHi, incLo uint64 }

func (p *pcg64dxsm) next() uint64 {
	const multiplier = 0xda942042e4dd58b5
	hi, lo := p.hi, p.lo|1
	carryHi, carryLo := bits.Mul64(p.lo, multiplier)
	carryHi += p.hi * multiplier
	var carry uint64
	p.lo, carry = bits.Add64(carryLo, p.incLo, 0)
	p.hi, _ = bits.Add64(carryHi, p.incHi, carry)
	hi ^= hi >> 32
	hi *= multiplier
	hi ^= hi >> 48
	return hi * lo
}
