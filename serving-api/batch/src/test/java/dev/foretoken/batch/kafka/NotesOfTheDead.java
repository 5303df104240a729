package dev.foretoken.batch.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Notes as the next process finds them. */
final class NotesOfTheDead {

    private NotesOfTheDead() {}

    /** After so many deaths of processes that ran the request of partition 0 at this offset. */
    static FlightNotes of(Path folder, BatchConfig config, int deaths, long offset) throws IOException {
        FlightNotes notes = FlightNotes.open(folder.resolve("0"), config);
        for (int death = 1; death <= deaths; death++) {
            notes.begin(0, offset);
            notes = next(folder.resolve(Integer.toString(death - 1)), folder.resolve(Integer.toString(death)), config);
        }
        return notes;
    }

    /** A process that is gone has no lock any more: the next one's file has the same bytes. */
    static FlightNotes next(Path from, Path to, BatchConfig config) throws IOException {
        FlightNotes.open(to, config).close();
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return FlightNotes.open(to, config);
    }
}
