package dev.foretoken.registry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.registry.safetensors.SafetensorsHeader;
import dev.foretoken.registry.safetensors.SampleTensors;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FileSplitterTest {

    private static SafetensorsHeader header(int... sizes) {
        SampleTensors tensors = new SampleTensors();
        for (int i = 0; i < sizes.length; i++) {
            tensors.with("t" + i, sizes[i], i);
        }
        byte[] file = tensors.file();
        int length = file[0] & 0xFF | (file[1] & 0xFF) << 8 | (file[2] & 0xFF) << 16;
        return SafetensorsHeader.parse("x", Arrays.copyOfRange(file, 8, 8 + length), file.length - 8 - length);
    }

    private static List<Long> parts(int... sizes) {
        List<Long> all = FileSplitter.split(List.of(header(sizes))).getFirst();
        assertThat(all.getFirst()).isEqualTo(header(sizes).dataStart());
        return all.subList(1, all.size());
    }

    @Test
    void eachTensorIsAPartAndSmallNeighboursShareOne() {
        assertThat(parts(100_000, 70_000)).containsExactly(100_000L, 70_000L);
        assertThat(parts(10, 20, 30)).containsExactly(60L);
        assertThat(parts(10, 65_526, 1)).containsExactly(65_536L, 1L);
        assertThat(parts(10, 65_527)).containsExactly(10L, 65_527L);
        assertThat(parts(100_000, 10, 20, 70_000)).containsExactly(100_000L, 30L, 70_000L);
    }

    @Test
    void nothingIsAPartOfNoBytes() {
        assertThat(parts()).isEmpty();
        assertThat(parts(0, 0)).isEmpty();
        assertThat(parts(0, 70_000, 0, 70_000, 0)).containsExactly(70_000L, 70_000L);
    }

    @Test
    void joinsMoreWhereThereWouldBeTooManyParts() {
        int[] sizes = new int[64];
        Arrays.fill(sizes, 65_000);
        List<SafetensorsHeader> headers = List.of(header(sizes), header(sizes));
        List<List<Long>> split = FileSplitter.split(headers, 40);
        assertThat(split.stream().mapToInt(List::size).sum()).isLessThanOrEqualTo(40);
        for (List<Long> lengths : split) {
            assertThat(lengths.stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(headers.getFirst().dataStart() + 64L * 65_000);
            assertThat(lengths.subList(1, lengths.size())).allMatch(length -> length % 65_000 == 0, "whole tensors");
        }
    }
}
