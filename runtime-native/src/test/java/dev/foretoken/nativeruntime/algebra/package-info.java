/** Tests of decompositions. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.algebra;
