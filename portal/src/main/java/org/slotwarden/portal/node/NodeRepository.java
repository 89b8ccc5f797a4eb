package org.slotwarden.portal.node;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface NodeRepository extends Repository<Node, Long> {

    Node save(Node node);

    Optional<Node> findById(long id);

    List<Node> findAllById(Iterable<Long> ids);

    Optional<Node> findByName(String name);

    Optional<Node> findByTokenDigest(byte[] digest);

    Page<Node> findAll(Pageable page);

    long countByLastReportAtGreaterThanEqual(Instant earliest);

    /** The latest heard of first. */
    @Query("select n.name from Node n where n.lastReportAt < :earliest order by n.lastReportAt desc, n.id")
    List<String> namesLastHeardOfBefore(Instant earliest);
}
