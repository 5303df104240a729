package dev.foretoken.nativeruntime.exec;

import java.lang.foreign.MemorySegment;

/** Does something with an input beside the products over it. */
@FunctionalInterface
interface InputFollower {

    /** {@code x}: fp32 [tokens, inputs], not changed. */
    void follow(MemorySegment x, int tokens);
}
