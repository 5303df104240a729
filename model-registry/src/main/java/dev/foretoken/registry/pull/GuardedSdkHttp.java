package dev.foretoken.registry.pull;

import dev.foretoken.registry.remote.Answer;
import dev.foretoken.registry.remote.RemoteHttp;
import dev.foretoken.registry.remote.RemoteRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Lets the object storage library talk through {@link RemoteHttp}, so that hosts and addresses are checked as for every other pull. */
final class GuardedSdkHttp implements SdkHttpClient {

    /** The client writes these itself. */
    private static final Set<String> OWN =
            Set.of("host", "content-length", "connection", "accept-encoding", "user-agent");

    private final RemoteHttp http;

    GuardedSdkHttp(RemoteHttp http) {
        this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return response(http.ask(remote(request.httpRequest())));
            }

            @Override
            public void abort() {
                // Pulls only list, and a list is read to its end.
            }
        };
    }

    private static RemoteRequest remote(SdkHttpRequest request) {
        RemoteRequest out = RemoteRequest.of(request.method().name(), request.getUri());
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            if (!OWN.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                out = out.header(header.getKey(), String.join(",", header.getValue()));
            }
        }
        return out;
    }

    private static HttpExecuteResponse response(Answer answer) {
        Map<String, List<String>> headers = new TreeMap<>();
        answer.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        return HttpExecuteResponse.builder()
                .response(SdkHttpResponse.builder()
                        .statusCode(answer.status())
                        .headers(headers)
                        .build())
                .responseBody(AbortableInputStream.create(answer.body(), answer::close))
                .build();
    }

    @Override
    public void close() {
        // The client belongs to the puller.
    }
}
