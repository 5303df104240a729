package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks for room on a disk before it is filled. */
public final class DiskRoom {

    private DiskRoom() {}

    /** @throws ForetokenException STORAGE_FULL when {@code folder}, which exists, has less room than {@code bytes} */
    public static void require(Path folder, long bytes) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    "this needs %d MiB of disk, %d MiB are free; free some space and pull again, it goes on where it stopped"
                            .formatted(bytes >> 20, free >> 20));
        }
    }
}
