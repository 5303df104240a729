/**
 * Owns load on a real server: many callers at once, of whom some leave and some ask wrongly. Does not measure speed. Entry type: {@link
 * dev.foretoken.e2e.load.MixedLoadTest}. Callers are virtual threads.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.load;
