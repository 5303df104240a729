package dev.foretoken.app.command.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.client.TopicStatus;
import dev.foretoken.batch.client.TopicStatus.PartitionStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusCommandTest {

    @Test
    void programsReadTheNumbersThatPeopleDo() {
        TopicStatus status =
                new TopicStatus(2, "stable", List.of(new PartitionStatus(0, 5, 3), new PartitionStatus(1, 7, 1)));
        assertThat(StatusCommand.json(status, "offline").toString())
                .isEqualTo("{\"group\":\"offline\",\"state\":\"stable\",\"servers\":2,\"open\":4,\"partitions\":["
                        + "{\"partition\":0,\"kept\":5,\"open\":3},{\"partition\":1,\"kept\":7,\"open\":1}]}");
    }
}
