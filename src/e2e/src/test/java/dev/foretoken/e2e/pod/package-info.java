/** Owns the tests of gateway and pod over a real connection. Entry type: {@link dev.foretoken.e2e.pod.RemoteEngineTest}. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.pod;
