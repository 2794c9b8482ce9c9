"""Finding products by what people type."""

from shop import database


def search(text, limit=20):
    with database.connection() as db:
        found = db.all("select id, name, price from products where name like ?", f"%{text}%")
    return sorted(found, key=lambda product: product["name"])[:limit]
