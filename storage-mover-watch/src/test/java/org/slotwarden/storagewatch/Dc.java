package org.slotwarden.storagewatch;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** dCache's answers, in the form of the recorded ones. */
final class Dc {

    private Dc() {}

    static String pools(String... names) {
        return Stream.of(names)
                .map(name -> "{\"name\":\"%s\",\"links\":[],\"groups\":[\"default\"]}".formatted(name))
                .collect(Collectors.joining(",", "[", "]"));
    }

    static String queues(String... pools) {
        return Stream.of(pools)
                .map(pool -> """
                        "%s" : {"extendedMoverHash" : {
                          "lan" : {"name":"lan","active":0,"maxActive":3,"queued":0},
                          "regular" : {"name":"regular","active":6,"maxActive":6,"queued":1}},
                          "defaultQueueName" : "regular"}""".formatted(pool))
                .collect(Collectors.joining(",", "{\"costDataForPools\":{", "}}"));
    }

    static String transfers(long collectedMs, Transfer... items) {
        return Stream.of(items).map(Transfer::json).collect(Collectors.joining(",", "{\"items\":[", "]"))
                + ",\"currentOffset\":0,\"nextOffset\":-1,\"timeOfCreation\":" + collectedMs + "}";
    }

    static String movers(Mover... movers) {
        return movers(List.of(movers));
    }

    static String movers(List<Mover> movers) {
        return movers.stream().map(Mover::json).collect(Collectors.joining(",", "[", "]"));
    }

    /** A transfer as a door has it. */
    record Transfer(String pool, long id, String submit, String status, String host, String user, String path) {

        static Transfer of(String pool, long id, long submitMs) {
            return new Transfer(
                    pool, id, "\"moverSubmit\":" + submitMs + ",", "RUNNING", "192.0.2.11", "alice", "/data/1");
        }

        Transfer status(String other) {
            return new Transfer(pool, id, submit, other, host, user, path);
        }

        Transfer withoutSubmit() {
            return new Transfer(pool, id, "", status, host, user, path);
        }

        Transfer from(String otherHost) {
            return new Transfer(pool, id, submit, status, otherHost, user, path);
        }

        Transfer named(String otherUser, String otherPath) {
            return new Transfer(pool, id, submit, status, host, otherUser, otherPath);
        }

        String json() {
            return """
                    {"cellName":"WebDAV","domainName":"doors","serialId":1795289779395000,"protocol":"HTTP-1.1",
                     "process":"","pnfsId":"0000%d","path":"%s","pool":"%s","replyHost":"%s",
                     "sessionStatus":"Waiting for completion","moverStatus":"%s","transferTime":10,
                     "bytesTransferred":10,"moverId":%d,%s
                     "subject":{"principals":[{"name":"%s","clientChain":["%s"]}]},
                     "userInfo":{"username":"%s","uid":"1001","gid":"2000"},"uid":"1001","gid":"2000"}""".formatted(id, path, pool, host, status, id, submit, host, host, user);
        }
    }

    /** A mover as its pool has it. */
    record Mover(long id, long submitMs, String queue, String state, long startMs, long lastMs, String mode) {

        static Mover of(long id, long submitMs) {
            return new Mover(id, submitMs, "null", "RUNNING", submitMs + 1, submitMs + 2, "[READ]");
        }

        Mover queue(String json) {
            return new Mover(id, submitMs, json, state, startMs, lastMs, mode);
        }

        Mover state(String other) {
            return new Mover(id, submitMs, queue, other, startMs, lastMs, mode);
        }

        Mover times(long start, long last) {
            return new Mover(id, submitMs, queue, state, start, last, mode);
        }

        String json() {
            return """
                    {"pnfsId":"0000%d","queue":%s,"mode":"%s","door":"WebDAV@doors","storageClass":"a:b",
                     "state":"%s","bytes":4711,"timeInMilliseconds":1,"startTime":%d,"submitTime":%d,
                     "lastModified":%d,"moverId":%d}""".formatted(id, queue, mode, state, startMs, submitMs, lastMs, id);
        }
    }
}
