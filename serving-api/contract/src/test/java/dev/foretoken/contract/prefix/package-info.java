/** Tests of dev.foretoken.contract.prefix. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.prefix;
