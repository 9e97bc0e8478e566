// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"toll/goside/via/malloc"
)

// samples are what the figures were.
type samples struct {
	mu      sync.Mutex
	figures []Figure
	start   time.Time
	out     io.Writer
	failed  error // of out

	most   []float64
	unseen []bool // could not be told once
	points [][]Point
	last   []float64
	dirty  []bool // was not 0 where it must be
}

func newSamples(figures []Figure, out io.Writer) *samples {
	n := len(figures)
	s := &samples{figures: figures, start: time.Now(), out: out, most: make([]float64, n), unseen: make([]bool, n),
		points: make([][]Point, n), last: make([]float64, n), dirty: make([]bool, n)}
	names := []string{"seconds", "at"}
	for _, f := range figures {
		names = append(names, f.Name)
	}
	s.write(names)
	return s
}

func (s *samples) write(fields []string) {
	if s.out != nil && s.failed == nil {
		_, s.failed = io.WriteString(s.out, strings.Join(fields, "\t")+"\n")
	}
}

// look returns what all figures are; NaN where that is not looked at now, or cannot be told.
func (s *samples) look(rest bool) []float64 {
	values := make([]float64, len(s.figures))
	for k, f := range s.figures {
		if f.AtRest && !rest {
			values[k] = math.NaN()
			continue
		}
		value, ok := f.Look()
		if !ok {
			s.unseen[k], value = true, math.NaN()
		}
		values[k] = value
	}
	return values
}

func (s *samples) note(at string, values []float64) {
	fields := []string{fmt.Sprintf("%.1f", time.Since(s.start).Seconds()), at}
	for _, v := range values {
		fields = append(fields, fmt.Sprintf("%.0f", v))
	}
	s.write(fields)
}

// watch looks once a second, until stop is closed.
func (s *samples) watch(stop <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		s.mu.Lock()
		values := s.look(false)
		for k, v := range values {
			if !math.IsNaN(v) {
				s.most[k] = max(s.most[k], v)
			}
		}
		s.note("load", values)
		s.mu.Unlock()
	}
}

// rest looks when nothing is called. Threads and processes that were told to end may take a moment, so a figure is the least of
// several looks.
func (s *samples) rest(tidy func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if tidy != nil {
		tidy()
	}
	debug.FreeOSMemory() // collects garbage; twice, for what finalizers free
	debug.FreeOSMemory()
	malloc.Trim()
	values := s.look(true)
	for quiet := 0; quiet < 3; {
		time.Sleep(10 * time.Millisecond)
		quiet++
		for k, v := range s.look(true) {
			if v < values[k] {
				values[k] = v
				if s.figures[k].Grows == counted {
					quiet = 0
				}
			}
		}
	}
	hours := time.Since(s.start).Hours()
	for k, v := range values {
		s.most[k] = max(s.most[k], v)
		s.dirty[k] = s.dirty[k] || s.figures[k].Zero && v != 0
		s.points[k] = append(s.points[k], Point{hours, v})
	}
	s.last = values
	s.note("rest", values)
}

// line says in short what the last rest had.
func (s *samples) line() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var parts []string
	for k, f := range s.figures {
		if !s.unseen[k] && !f.Zero {
			parts = append(parts, f.Name+" "+f.text(s.last[k]))
		}
	}
	return strings.Join(parts, ", ")
}

// judge returns a line for each figure, how many rests were judged, and how long they span.
func (s *samples) judge(warm time.Duration) (lines []Line, rests int, hours float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, f := range s.figures {
		l := Line{Figure: f, Most: s.most[k], NotZero: s.dirty[k], Known: !s.unseen[k]}
		if l.Known {
			p := warmed(s.points[k], warm)
			l.Trend = trendOf(p, f.Grows)
			rests, hours = len(p), p[len(p)-1].Hours-p[0].Hours
		}
		lines = append(lines, l)
	}
	return lines, rests, hours
}

// warmed returns the points after the warm-up: a tenth of the time, at least so much, at most half the points.
func warmed(points []Point, warm time.Duration) []Point {
	from := max(points[len(points)-1].Hours/10, warm.Hours())
	k := 0
	for k < len(points)/2 && points[k].Hours < from {
		k++
	}
	return points[k:]
}

// text returns a value in the figure's unit.
func (f *Figure) text(v float64) string {
	if f.Unit == "MiB" {
		return fmt.Sprintf("%.1f", v/mebibyte)
	}
	return fmt.Sprintf("%.0f", v)
}
