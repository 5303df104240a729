package dev.foretoken.registry.trust;

import dev.foretoken.registry.content.Digest;

/** One line of a statement: a file and the SHA-256 of all its bytes. {@code name}: as the signer wrote it, never used as a path. */
record SignedFile(String name, Digest digest) {}
