package dev.foretoken.gateway.picker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.foretoken.wire.extproc.CommonResponse;
import dev.foretoken.wire.extproc.ProcessingRequest;
import dev.foretoken.wire.extproc.ProcessingResponse;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A chat as an Envoy sends it: {@code envoy-chat.frames} holds the messages of one stream, each behind its length, written with Envoy's own
 * definitions (io.envoyproxy.controlplane:api 1.0.49). It has fields that ours leave out, a body of two pieces that ends with an empty one, a hint
 * with two endpoints, and a destination that the caller has made up.
 */
@Timeout(300)
class RecordedFramesTest {

    private static List<ProcessingRequest> frames() throws IOException {
        List<ProcessingRequest> frames = new ArrayList<>();
        try (InputStream in = RecordedFramesTest.class.getResourceAsStream("envoy-chat.frames")) {
            for (ProcessingRequest frame = ProcessingRequest.parseDelimitedFrom(in);
                    frame != null;
                    frame = ProcessingRequest.parseDelimitedFrom(in)) {
                frames.add(frame);
            }
        }
        return frames;
    }

    @Test
    void aRecordedChatIsAnsweredToItsEnd() throws Exception {
        try (PickerEdge edge = new PickerEdge(List.of(), 10)) {
            EnvoyStream stream = edge.stream();
            List<ProcessingRequest> frames = frames();
            assertThat(frames).hasSize(7);
            frames.subList(0, 4).forEach(stream::send);
            ProcessingResponse head = stream.next();
            CommonResponse chosen = head.getRequestHeaders().getResponse();
            assertThat(EnvoyStream.set(chosen.getHeaderMutation(), "x-gateway-destination-endpoint"))
                    .isEqualTo("10.0.0.2:8080");
            ByteString sent = frames.get(1)
                    .getRequestBody()
                    .getBody()
                    .concat(frames.get(2).getRequestBody().getBody());
            assertThat(stream.next()
                            .getRequestBody()
                            .getResponse()
                            .getBodyMutation()
                            .getStreamedResponse()
                            .getBody())
                    .isEqualTo(sent);
            frames.subList(4, 7).forEach(stream::send);
            assertThat(stream.next().hasResponseHeaders()).isTrue();
            for (ProcessingRequest frame : frames.subList(5, 7)) {
                var piece = stream.next()
                        .getResponseBody()
                        .getResponse()
                        .getBodyMutation()
                        .getStreamedResponse();
                assertThat(piece.getBody()).isEqualTo(frame.getResponseBody().getBody());
                assertThat(piece.getEndOfStream())
                        .isEqualTo(frame.getResponseBody().getEndOfStream());
            }
            stream.close();
            assertThat(stream.end()).isEqualTo(Status.OK);
        }
    }
}
