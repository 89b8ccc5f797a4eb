package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageQueue;

/** Pools, their queues and groups from the info service's XML: {@code /info/pools} of the old httpd. */
final class InfoPools {

    private static final int MAX_NAME_BYTES = 200;

    private final Map<String, PoolQueues.Queues> queues = new TreeMap<>();
    private final Map<String, List<String>> groups = new HashMap<>();

    /** @throws IOException when it ends in the middle or is no XML */
    void read(InputStream in) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT
                        && xml.getLocalName().equals("pool")) {
                    pool(xml, PlainText.cut(attribute(xml, "name"), MAX_NAME_BYTES));
                }
            }
        } catch (XMLStreamException e) {
            throw new IOException("it is no whole XML: " + PlainText.line(String.valueOf(e.getMessage()), 200), e);
        }
    }

    private void pool(XMLStreamReader xml, String pool) throws XMLStreamException {
        Map<String, StorageQueue.Builder> figures = new HashMap<>();
        String defaultName = "";
        Deque<String> inside = new ArrayDeque<>();
        @Nullable String queue = null;
        inside.push("pool");
        while (!inside.isEmpty()) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT) {
                if (inside.pop().equals("queue")) {
                    queue = null;
                }
            } else if (event == XMLStreamConstants.START_ELEMENT) {
                String element = xml.getLocalName();
                if (element.equals("queue") && "named-queues".equals(inside.peek())) {
                    queue = attribute(xml, "name");
                    figures.put(queue, StorageQueue.newBuilder());
                } else if (element.equals("poolgroupref")) {
                    groups.computeIfAbsent(pool, name -> new ArrayList<>())
                            .add(PlainText.cut(attribute(xml, "name"), MAX_NAME_BYTES));
                } else if (element.equals("metric")) {
                    String metric = attribute(xml, "name");
                    // Reads to the end of the element.
                    String text = xml.getElementText().strip();
                    if (metric.equals("default-queue")) {
                        defaultName = text;
                    } else if (queue != null && text.matches("\\d{1,10}")) {
                        StorageQueue.Builder builder = figures.get(queue);
                        if (builder != null) {
                            PoolQueues.figure(builder, metric, Long.parseLong(text));
                        }
                    }
                    continue;
                }
                inside.push(element);
            }
        }
        if (!pool.isEmpty() && queues.size() < WireContract.MAX_POOLS) {
            queues.put(pool, PoolQueues.of(PlainText.cut(defaultName, MAX_NAME_BYTES), figures));
        }
    }

    private static String attribute(XMLStreamReader xml, String name) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? "" : value;
    }

    Map<String, PoolQueues.Queues> queues() {
        return queues;
    }

    Map<String, List<String>> groups() {
        return groups;
    }
}
