/** Tests of dev.foretoken.scheduler.blocks. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.blocks;
