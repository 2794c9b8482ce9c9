"""Products, and how many of them there are."""

from shop import database


def products(limit=50):
    with database.connection() as db:
        return db.all(
            "select p.id, p.name, p.price, s.quantity from products p"
            " join stock s on s.product = p.id order by p.name limit ?",
            limit,
        )
