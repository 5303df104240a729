package dev.foretoken.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChunkReaderTest {
    @Test
    void readsTextOfCompletions() throws IOException {
        Chunk chunk = read("{'choices':[{'text':' cat','finish_reason':null}],'usage':null}");
        assertThat(chunk).isEqualTo(new Chunk(" cat", 1, false, null, null, null));
    }

    @Test
    void readsContentOfChatAndIgnoresTheRole() throws IOException {
        assertThat(read("{'choices':[{'delta':{'role':'assistant','content':''}}]}")
                        .tokens())
                .isZero();
        assertThat(read("{'choices':[{'delta':{'content':'x'},'finish_reason':'stop'}]}"))
                .isEqualTo(new Chunk("x", 1, false, "stop", null, null));
    }

    @Test
    void countsTokenIdsWhereTheServerSendsThem() throws IOException {
        assertThat(read("{'choices':[{'text':'','token_ids':[5,6]}]}").tokens()).isEqualTo(2);
        assertThat(read("{'choices':[{'text':'x','token_ids':[]}]}").tokens()).isZero();
    }

    @Test
    void readsUsageWithCachedTokens() throws IOException {
        String json = "{'choices':[],'usage':{'prompt_tokens':9,'completion_tokens':4,"
                + "'prompt_tokens_details':{'cached_tokens':8}}}";
        assertThat(read(json).usage()).isEqualTo(new Usage(9, 4, 8));
    }

    @Test
    void readsErrorsInEitherForm() throws IOException {
        assertThat(read("{'error':{'message':'out of blocks'}}").error()).isEqualTo("out of blocks");
        assertThat(read("{'error':'gone'}").error()).isEqualTo("gone");
    }

    @Test
    void refusesWhatIsNotJson() {
        assertThatThrownBy(() -> read("{'choices':")).isInstanceOf(IOException.class);
    }

    private static Chunk read(String json) throws IOException {
        return ChunkReader.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
