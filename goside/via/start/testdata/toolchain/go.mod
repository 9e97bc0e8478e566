// A module of its own, so that an older Go builds it, too.
module toll-toolchain

go 1.25.0
