/** Tests of dev.foretoken.scheduler.draft. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.draft;
