@org.jspecify.annotations.NullMarked
package dev.foretoken.gateway.hold;
