package dev.foretoken.registry.ingest.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * What an ONNX file says about its tensors.
 *
 * @param external those whose bytes are elsewhere
 * @param tensors how many there are in all
 * @param elements of all of them
 */
public record OnnxFile(List<ExternalTensor> external, long tensors, long elements) {

    private static final String AGAIN = "; export it, or fetch it, again";

    public OnnxFile {
        external = List.copyOf(external);
    }

    /**
     * Reads the file to its end; takes memory for names only.
     *
     * @param name for messages
     * @throws ForetokenException MODEL_FILE_CORRUPT for what is no such file
     * @throws IOException when it cannot be read
     */
    public static OnnxFile read(String name, InputStream bytes) throws IOException {
        try {
            TensorWalk walk = new TensorWalk(CodedInputStream.newInstance(bytes, 1 << 16));
            return walk.model();
        } catch (InvalidProtocolBufferException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    name + " is damaged: its lengths and fields are not those of an ONNX file" + AGAIN,
                    e);
        } catch (DamagedTensor e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, name + " is damaged: " + e.getMessage() + AGAIN, e);
        }
    }
}
