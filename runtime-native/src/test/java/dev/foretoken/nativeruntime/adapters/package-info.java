/** Tests of {@code adapters}: what is refused, of configurations and of files. Answers are compared with golden numbers one package up. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.adapters;
