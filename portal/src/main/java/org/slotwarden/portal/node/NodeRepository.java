package org.slotwarden.portal.node;

import java.util.Optional;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.repository.Repository;

interface NodeRepository extends Repository<Node, Long> {

    Node save(Node node);

    Optional<Node> findById(long id);

    Optional<Node> findByName(String name);

    Optional<Node> findByTokenDigest(byte[] digest);

    Page<Node> findAll(Pageable page);
}
