/** Tests of dev.foretoken.routing.prefix. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.routing.prefix;
