package dev.foretoken.registry.ingest;

import dev.foretoken.registry.safetensors.SafetensorsHeader;
import dev.foretoken.registry.safetensors.TensorEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Cuts safetensors files so that equal tensors of different files are equal parts: the header, then a part per tensor in file order, where
 * small neighbours share one. The cuts follow from the header alone.
 */
final class FileSplitter {

    /** Neighbours are joined up to so many bytes. */
    static final long JOINED_BYTES = 64 << 10;

    /** So many parts of one import keep its manifest, and that of a recipe of it, below their limits. */
    static final int MAX_PARTS = 4_000;

    private FileSplitter() {}

    /** Lengths of the parts of each file, in order; none is 0. */
    static List<List<Long>> split(List<SafetensorsHeader> headers) {
        return split(headers, MAX_PARTS);
    }

    static List<List<Long>> split(List<SafetensorsHeader> headers, int most) {
        for (long joined = JOINED_BYTES; ; joined *= 2) {
            List<List<Long>> lengths = new ArrayList<>();
            for (SafetensorsHeader header : headers) {
                lengths.add(lengths(header, joined));
            }
            if (joined > Long.MAX_VALUE / 4
                    || lengths.stream().mapToInt(List::size).sum() <= most) {
                return lengths;
            }
        }
    }

    private static List<Long> lengths(SafetensorsHeader header, long joined) {
        List<Long> lengths = new ArrayList<>(List.of(header.dataStart()));
        List<TensorEntry> tensors = header.tensors().values().stream()
                .sorted(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end))
                .toList();
        long part = 0;
        for (TensorEntry tensor : tensors) {
            if (part > 0 && tensor.bytes() > joined - part) {
                lengths.add(part);
                part = 0;
            }
            part += tensor.bytes();
        }
        if (part > 0) {
            lengths.add(part);
        }
        return lengths;
    }
}
