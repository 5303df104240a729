package dev.foretoken.registry.gguf;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One mapped file: the whole model, or one of the parts it is split into.
 *
 * @param name the file's own, for messages
 */
record GgufPart(Path path, String name, MemorySegment bytes, GgufHeader header) {

    /** Maps and checks the header; the mapping lives as long as {@code arena}. */
    static GgufPart open(Path path, Arena arena) {
        String name = String.valueOf(path.getFileName());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new GgufPart(path, name, bytes, GgufHeader.read(name, bytes));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " cannot be read", e);
        }
    }

    MemorySegment bytesOf(GgufTensor tensor) {
        return bytes.asSlice(tensor.offset(), tensor.bytes());
    }
}
