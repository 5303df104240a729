/** Tests of dev.foretoken.scheduler.prefix. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.prefix;
