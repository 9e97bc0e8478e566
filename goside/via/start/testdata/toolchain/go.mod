// A module of its own, so that an older Go builds it, too. Its language is Go 1.18's, which gccgo 12 reads.
module toll-toolchain

go 1.18
