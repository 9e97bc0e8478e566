/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The functions of program_test.go. Each shows by its result that each argument was where it is to be. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair {
    double x, y;
};
struct mixed {
    char a;
    double b;
    int type;
    short Type;
    struct pair nested;
};
struct small {
    float x[3];
};
struct early {
    float a;
    double b;
};
struct late {
    int64_t a;
    float b;
};
struct uneven {
    int8_t a;
    struct {
        int16_t x;
        int8_t y;
    } b;
    float c;
};
struct time {
    int64_t sec, nsec;
};

void nothing(void) {}

double norm(const double *p, int64_t n) {
    double sum = 0;
    for (int64_t k = 0; k < n; k++)
        sum += p[k];
    return sum;
}

double norm_(const double *n, int64_t type) { return norm(n, type); }

float normStub(float len, size_t n) { return len + (float)n; }

int64_t many(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g, int64_t h,
             int64_t i, int64_t j, int64_t k, int64_t l, int64_t m, int64_t n, int64_t o, int64_t p,
             int64_t q, int64_t r, int64_t s, int64_t t) {
    const int64_t all[] = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t};
    int64_t sum = 0;
    for (int z = 0; z < 20; z++)
        sum += (z + 1) * all[z];
    return sum;
}

double both(double a, int32_t b, float c, int8_t d, double e, double f, double g, double h, double i,
            double j, double k, uint16_t l) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l;
}

bool logic(bool a, unsigned long b) { return a != (b == 0); }

const char *text(const char *s, void *f) { return f ? NULL : s + 1; }

unsigned char bytes(int8_t a, unsigned short b, uint32_t c) { return (unsigned char)(a + b + c); }

struct pair pair(struct pair p, double x) { return (struct pair){p.y, p.x + x}; }

struct mixed mixed(struct mixed m) {
    m.a++;
    m.b++;
    m.type--;
    m.Type--;
    m.nested = pair(m.nested, 1);
    return m;
}

struct small small(struct small s) { return (struct small){{s.x[2], s.x[0], s.x[1]}}; }

struct early early(struct early s, double x) { return (struct early){(float)s.b, s.a + x}; }

struct late late(int8_t x, struct late s) { return (struct late){(int64_t)s.b + x, (float)s.a}; }

struct uneven uneven(struct uneven s) { return (struct uneven){s.b.y, {s.a, (int8_t)s.b.x}, -s.c}; }

int each(void (*back)(void), double **p) { return (back != NULL) + (p != NULL); }

void axpy(int64_t n, double a, const double *x, double *y) {
    for (int64_t k = 0; k < n; k++)
        y[k] += a * x[k];
}

int64_t copy(void *dst, int64_t m, const void *src, int64_t n) {
    *(char *)dst = *(const char *)src;
    return m - n;
}

int64_t wait_for(int64_t d, const struct pair *p) { return d + (int64_t)p->y; }

void tick(struct time *t) { t->nsec = t->sec + 1; }

int32_t foo__1234(int32_t x) { return ~x; }
