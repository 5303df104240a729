/**
 * Owns what every side agrees on: the records, codes and interfaces that cross a module boundary. Does not compute, schedule or speak a
 * protocol, and depends on nothing of ours.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract;
