package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.routing.RouteJsonReader;
import dev.foretoken.gateway.tenant.Tenant;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operators read where requests went, by the id that answers name. */
@QuarkusTest
class RoutesRouteTest {

    private static final String ROUTE = "x-foretoken-route";
    private static final String ROUTES = "/admin/v1/routes";

    @Inject
    TestEdge edge;

    @Inject
    AdminPort port;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;
    private Calls admin;

    @BeforeEach
    void connect() {
        edge.reset();
        edge.bareEngine.answering(5);
        calls = new Calls(root);
        admin = Calls.ofOperator(port);
    }

    private Calls.Reply ask() throws Exception {
        return calls.post("/v1/completions", "{\"model\":\"bare\",\"max_tokens\":2,\"prompt\":[1,2,3]}");
    }

    private static List<String> ids(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("decisions").forEach(each -> ids.add(each.path("id").asText()));
        return ids;
    }

    @Test
    void theIdOfTheAnswerLeadsToItsDecision() throws Exception {
        String id = ask().header(ROUTE);
        JsonNode decision = admin.get(ROUTES + "/" + id).json();
        assertThat(decision.path("id").asText()).isEqualTo(id);
        assertThat(decision.path("model").asText()).isEqualTo("bare");
        assertThat(decision.path("outcome").asText()).isEqualTo("sent");
        assertThat(decision.path("prompt_tokens").asInt()).isEqualTo(3);
        assertThat(RouteJsonReader.decision(decision))
                .isEqualTo(edge.gateway().routes().find(id).orElseThrow());
        assertThat(admin.get(ROUTES + "/0123").status()).isEqualTo(404);
    }

    @Test
    void theNewestComeFirstAndCanBeSelected() throws Exception {
        String first = ask().header(ROUTE);
        edge.bareEngine.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "full"));
        String second = ask().header(ROUTE);
        JsonNode page = admin.get(ROUTES + "?limit=2").json();
        assertThat(ids(page)).containsExactly(second, first);
        assertThat(page.path("decisions").path(0).path("reason").asText()).isEqualTo("QUEUE_FULL");
        assertThat(ids(admin.get(ROUTES + "?limit=1&outcome=sent").json())).containsExactly(first);
        assertThat(ids(admin.get(ROUTES + "?limit=1&outcome=refused").json())).containsExactly(second);
        assertThat(ids(admin.get(ROUTES + "?after=" + first).json())).containsExactly(second);
        assertThat(ids(admin.get(ROUTES + "?model=nobody").json())).isEmpty();
        assertThat(ids(admin.get(ROUTES + "?endpoint=nobody").json())).isEmpty();
        String endpoint = page.path("decisions").path(0).path("endpoint").asText();
        assertThat(ids(admin.get(ROUTES + "?limit=2&endpoint=" + endpoint).json()))
                .containsExactly(second, first);
    }

    @Test
    void whatIsRefusedLaterIsToldWithTheRevisionOfThePageBefore() throws Exception {
        String first = ask().header(ROUTE);
        String second = ask().header(ROUTE);
        long revision = admin.get(ROUTES + "?limit=1").json().path("revision").longValue();
        edge.gateway().routes().refused(first, ErrorCode.REPLICA_LOST);
        String after = ROUTES + "?after=" + second;
        assertThat(ids(admin.get(after).json())).isEmpty();
        assertThat(ids(admin.get(after + "&revision=" + revision).json())).containsExactly(first);
        assertThat(ids(admin.get(after + "&revision=" + (revision + 1)).json())).isEmpty();
    }

    @Test
    void aRequestForWhichThereIsNoPlaceLeavesADecisionToo() throws Exception {
        List<Admission.Permit> places = new ArrayList<>();
        for (int i = 0; i < 2 * TestEdge.LIMITS.maxRequests(); i++) {
            places.add(edge.gateway().enter(Tenant.of("one" + i), id -> {}));
        }
        Calls.Reply reply;
        try {
            reply = ask();
        } finally {
            places.forEach(Admission.Permit::close);
        }
        assertThat(reply.status()).isEqualTo(429);
        JsonNode decision = admin.get(ROUTES + "/" + reply.header(ROUTE)).json();
        assertThat(decision.path("outcome").asText()).isEqualTo("refused");
        assertThat(decision.path("reason").asText()).isEqualTo("QUEUE_FULL");
        assertThat(decision.path("candidates")).isEmpty();
    }

    @Test
    void wrongQuestionsAreRefused() throws Exception {
        for (String query : new String[] {"limit=1001", "limit=-1", "limit=x", "outcome=lost", "after=a&revision=x"}) {
            assertThat(admin.get(ROUTES + "?" + query).status()).as(query).isEqualTo(400);
        }
    }

    @Test
    void callersSeeNothingOfIt() throws Exception {
        for (String path : new String[] {ROUTES, ROUTES + "/1", "/admin/v1/openapi.json"}) {
            assertThat(calls.get(path).status()).as(path).isEqualTo(404);
            assertThat(admin.send(admin.anonymous(path).GET()).status())
                    .as(path)
                    .isEqualTo(401);
        }
    }

    @Test
    void theDocumentHasEveryRouteOfOperatorsAndItsExamplesAndAnswersFit() throws Exception {
        String id = ask().header(ROUTE);
        JsonNode document = admin.get("/admin/v1/openapi.json").json();
        Map<String, TreeSet<String>> documented = new TreeMap<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> documented
                                .computeIfAbsent(path.getKey(), p -> new TreeSet<>())
                                .add(method.toUpperCase(java.util.Locale.ROOT))));
        Map<String, TreeSet<String>> implemented = RoutingTable.templates();
        implemented.keySet().removeIf(path -> !path.startsWith("/admin/"));
        assertThat(documented).isEqualTo(implemented);
        SchemaCheck check = new SchemaCheck(document);
        int examples = 0;
        for (JsonNode content : document.findValues("application/json")) {
            if (content.has("example")) {
                examples++;
                assertThat(check.problems(content.path("schema"), content.path("example")))
                        .isEmpty();
            }
        }
        assertThat(examples).isEqualTo(4);
        JsonNode page = JsonNodeFactory.instance.objectNode().put("$ref", "#/components/schemas/RoutePage");
        assertThat(check.problems(page, admin.get(ROUTES).json())).isEmpty();
        assertThat(admin.get(ROUTES + "/" + id).status()).isEqualTo(200);
    }
}
