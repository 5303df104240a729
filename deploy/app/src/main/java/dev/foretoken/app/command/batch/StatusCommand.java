package dev.foretoken.app.command.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.app.config.TopicOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.batch.client.TopicSession;
import dev.foretoken.batch.client.TopicStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says how far the requests of a topic are. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Says how many servers answer the requests of a topic, and how many requests of each partition are open: not answered yet.",
        sortOptions = false)
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private TopicOptions brokers = new TopicOptions();

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        try (TopicSession session = TopicSession.open(brokers.connection(), brokers.topics())) {
            session.requireTopics();
            String group = brokers.group();
            TopicStatus status = TopicStatus.read(session, group);
            if (json) {
                System.out.println(json(status, group).toPrettyString());
            } else {
                lines(status, group).forEach(System.out::println);
            }
        }
        return 0;
    }

    static List<String> lines(TopicStatus status, String group) {
        Table table = new Table(">partition", ">kept", ">open");
        status.partitions()
                .forEach(each -> table.row(
                        Integer.toString(each.partition()), Long.toString(each.kept()), Long.toString(each.open())));
        List<String> lines = new ArrayList<>(table.lines());
        lines.add(Counted.of(status.open(), "request") + " open; " + Counted.of(status.workers(), "server")
                + " in group " + group + " (" + status.state() + ")");
        return lines;
    }

    static ObjectNode json(TopicStatus status, String group) {
        ObjectNode all = JsonNodeFactory.instance
                .objectNode()
                .put("group", group)
                .put("state", status.state())
                .put("servers", status.workers())
                .put("open", status.open());
        ArrayNode partitions = all.putArray("partitions");
        status.partitions()
                .forEach(each -> partitions
                        .addObject()
                        .put("partition", each.partition())
                        .put("kept", each.kept())
                        .put("open", each.open()));
        return all;
    }
}
