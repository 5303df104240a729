/** Tests of what is served from the registry. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.mount;
