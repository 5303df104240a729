/** Tests of the loop: many threads against one writer, and what the loop allocates. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.loop;
