package dev.foretoken.registry.remote;

import java.io.IOException;

/** This machine's disk failed, not the other side: trying again is of no use. */
final class LocalFailure extends IOException {
    LocalFailure(IOException cause) {
        super(cause);
    }
}
