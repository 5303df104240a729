package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedBlobsTest extends BlobStoreContract {

    private static final Duration HOUR = Duration.ofHours(1);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-05-01T00:00:00Z"));

    @TempDir
    private Path folder;

    private LocalBlobs remote;
    private LocalBlobs local;
    private CachedBlobs blobs;

    @BeforeEach
    void open() {
        remote = LocalBlobs.open(folder.resolve("remote"), clock);
        local = LocalBlobs.open(folder.resolve("local"), clock);
        blobs = new CachedBlobs(remote, local, 20, clock);
    }

    @Override
    BlobStore store() {
        return blobs;
    }

    @Test
    void putsIntoBothStores() {
        Digest digest = blobs.put(text("both"));
        assertThat(remote.has(digest)).isTrue();
        assertThat(blobs.local(digest)).hasContent("both");
        assertThat(blobs.local(digest)).startsWith(folder.resolve("local"));
    }

    @Test
    void fetchesWhatOnlyTheRemoteStoreHasAndReadsItHereFromThenOn() {
        Digest digest = remote.put(text("far away"));
        assertThat(blobs.read(digest, 100)).contains(text("far away"));
        remote.delete(digest);
        assertThat(blobs.local(digest)).hasContent("far away");
        assertThat(blobs.has(digest)).as("the remote store decides").isFalse();
    }

    @Test
    void takesNoDamagedBytesFromTheRemoteStore() throws IOException {
        Digest digest = remote.put(text("sound"));
        Path file = remote.local(digest);
        Files.delete(file);
        Files.writeString(file, "sOund");
        assertThatThrownBy(() -> blobs.local(digest)).hasMessageContaining("is damaged");
        assertThat(local.has(digest)).isFalse();
    }

    @Test
    void evictsWhatWasNotUsedForLongest() {
        Digest first = put("the first one", HOUR);
        Digest second = put("the second", HOUR);
        blobs.local(first);
        clock.advance(HOUR);
        Digest third = put("3", Duration.ZERO);
        assertThat(local.has(second)).isFalse();
        assertThat(local.has(first)).isTrue();
        assertThat(local.has(third)).isTrue();
        assertThat(blobs.read(second, 100)).contains(text("the second"));
    }

    @Test
    void neverEvictsWhatIsPinned() {
        List<Digest> pinned = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pinned.add(remote.put(text("pinned number " + i)));
        }
        CachedBlobs.Pin pin = blobs.pin(pinned);
        CachedBlobs.Pin second = blobs.pin(pinned.subList(0, 1));
        clock.advance(HOUR);
        put("something else", HOUR);
        put("and something more", HOUR);
        assertThat(pinned).allMatch(local::has);
        pin.close();
        pin.close();
        assertThat(local.has(pinned.getFirst())).as("pinned twice").isTrue();
        assertThat(pinned.subList(1, 5)).noneMatch(local::has);
        second.close();
    }

    @Test
    void neverEvictsWhatHasASecondNameOrWasUsedAMomentAgo() {
        Digest linked = put("this one is linked", Duration.ZERO);
        blobs.link(linked, folder.resolve("name"));
        clock.advance(HOUR);
        Digest young = put("another of over twenty bytes", Duration.ofMinutes(4));
        put("and one more to evict for", Duration.ZERO);
        assertThat(local.has(linked)).isTrue();
        assertThat(local.has(young)).isTrue();
        assertThat(folder.resolve("name")).hasContent("this one is linked");
    }

    @Test
    void pinsNothingWhenOneOfManyIsMissing() {
        Digest there = remote.put(text("there"));
        Digest missing = Digest.of(text("missing"));
        assertThatThrownBy(() -> blobs.pin(List.of(there, missing)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
        clock.advance(HOUR);
        put("more than the twenty bytes of the cache", Duration.ZERO);
        assertThat(local.has(there)).isFalse();
    }

    @Test
    void dropsItsCopyWhenTheBlobIsCollected() {
        Digest digest = blobs.put(text("collected"));
        clock.advance(HOUR);
        assertThat(blobs.deleteIfOlder(digest, clock.instant())).isTrue();
        assertThat(local.has(digest)).isFalse();
    }

    private Digest put(String content, Duration then) {
        Digest digest = blobs.put(text(content));
        clock.advance(then);
        return digest;
    }
}
