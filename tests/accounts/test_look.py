"""Shared page elements: icons that exist, a menu for the role, forms that a screen reader can follow."""

import re
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from protiv.accounts.templatetags.look import MENU, SPRITE

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / SPRITE).read_text()))
ICON_NAMES = re.compile(r'{% icon "([^"]+)"|icon_name(?:\|default:|=)"([^"]+)"')


def name_of(template):
    return str(template.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_icons_of_a_template_are_in_the_sprite(template):
    named = {first or second for first, second in ICON_NAMES.findall(template.read_text())}
    assert named <= SYMBOLS


def test_icons_of_the_menu_are_in_the_sprite():
    assert {item.icon for item in MENU} <= SYMBOLS


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_templates_hold_no_inline_script_or_style(template):
    """The Content-Security-Policy would stop it silently."""
    text = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text)


def render(text, **context):
    return Template(text).render(Context(context))


def test_an_icon_is_decorative_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render('{% icon "plus" %}')
    labelled = render('{% icon "plus" label=label %}', label="Add <b>")
    assert 'role="img" aria-label="Add &lt;b&gt;"' in labelled
    assert "aria-hidden" not in labelled


def menu_of(client, url="/bonuses/"):
    page = client.get(url)
    assert page.status_code == 200
    nav = page.text.partition('aria-label="Main"')[2].partition("</nav>")[0]
    return re.findall(r'nav-link-title">([^<]+)<', nav), nav


def test_the_menu_shows_what_the_role_may_see(as_admin, as_manager, as_worker):
    everything = [item.label for item in MENU]
    assert menu_of(as_admin)[0] == everything
    assert menu_of(as_manager)[0] == [label for label in everything if label != "Settings"]
    assert menu_of(as_worker)[0] == ["Dashboard", "Bonuses", "Time"]


def test_the_menu_marks_the_current_page_only(as_admin):
    marked = re.findall(r'href="([^"]+)" aria-current="page"', menu_of(as_admin, "/settings/people/")[1])
    assert marked == ["/settings/"]


@pytest.mark.parametrize("item", MENU, ids=lambda item: item.url_name)
def test_each_line_of_the_menu_opens_for_its_roles_and_no_other(as_admin, as_manager, as_worker, item):
    for role, client in (("ADMIN", as_admin), ("MANAGER", as_manager), ("WORKER", as_worker)):
        status = client.get(reverse(item.url_name)).status_code
        assert status == 200 if role in item.roles else status in (403, 404), role


def test_create_propay_is_at_the_top_for_those_who_may_use_it(as_admin, as_manager, as_worker):
    assert "Create ProPay" in as_admin.get("/settings/").text
    assert "Create ProPay" in as_manager.get("/bonuses/").text
    assert "Create ProPay" not in as_worker.get("/bonuses/").text


def test_pages_have_landmarks_and_a_skip_link(as_admin):
    page = as_admin.get("/settings/").text
    assert page.count("<h1") == page.count("<main") == 1
    assert 'href="#content"' in page
    assert 'id="content"' in page


def test_pages_forbid_inline_code(as_admin):
    policy = as_admin.get("/settings/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


class Sample(forms.Form):
    name = forms.CharField(help_text="As on the invoice.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"class": "tall"}), required=False)
    agree = forms.BooleanField()
    way = forms.ChoiceField(choices=[("x", "X"), ("y", "Y")], widget=forms.RadioSelect)
    key = forms.CharField(widget=forms.HiddenInput, initial="k")


def test_controls_get_their_styles_from_the_templates():
    page = Sample().as_div()
    assert re.search(r'<input type="text" name="name" class="form-control"', page)
    assert re.search(r'<select name="kind" class="form-select"', page)
    assert re.search(r'<textarea name="note" class="form-control tall"', page)
    assert re.search(r'<input type="checkbox" name="agree" class="form-check-input"', page)
    assert page.count('type="radio" name="way" value=') == 2
    assert re.search(r'<input type="hidden" name="key" value="k"', page)
    assert page.count(" class=") == len(re.findall(r'<[^>]* class="[^"]*"[^>]*>', page))


def test_every_visible_control_has_a_label_and_required_ones_are_marked():
    page = Sample().as_div()
    for field in ("name", "kind", "note", "agree"):
        assert re.search(rf'<label[^>]* for="id_{field}"', page)
    assert re.search(r'<label class="form-label required" for="id_name"', page)
    assert re.search(r'<label class="form-label" for="id_kind"', page)
    assert "<legend" in page


def test_errors_and_hints_are_linked_to_their_control():
    page = Sample({"way": "z"}).as_div()
    name = re.search(r'<input type="text" name="name"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in name
    for target in re.search(r'aria-describedby="([^"]+)"', name)[1].split():
        assert f'id="{target}"' in page
    assert re.search(r'<fieldset aria-describedby="id_way_error"', page)
    assert 'id="id_way_error"' in page


def test_errors_of_the_whole_form_are_announced():
    form = Sample({"name": "n", "agree": "on", "way": "x"})
    form.add_error(None, "These two <don't> fit.")
    assert 'role="alert"' in form.as_div()
    assert "&lt;don&#x27;t&gt;" in form.as_div()


def broken(**_arguments):
    raise RuntimeError


def test_error_pages_say_what_to_do_next(as_worker, as_admin):
    missing, forbidden = as_admin.get("/no-such-page/"), as_worker.get("/settings/")
    assert (missing.status_code, forbidden.status_code) == (404, 403)
    assert "Page not found" in missing.text
    assert "You don't have access to this page" in forbidden.text
    for response in (missing, forbidden):
        assert 'href="/"' in response.text


def test_a_server_error_has_its_page(db, monkeypatch, client):
    monkeypatch.setattr("protiv.accounts.views.services.request_password_link", broken)
    client.raise_request_exception = False
    response = client.post("/password-reset/", {"email": "a@b.test"})
    assert response.status_code == 500
    assert "Something went wrong on our end" in response.text


def test_an_expired_form_has_its_page(db):
    response = Client(enforce_csrf_checks=True).post("/password-reset/", {"email": "a@acme.test"})
    assert response.status_code == 403
    assert "Please submit the form again" in response.text


def test_a_host_that_is_not_ours_gets_the_page_for_bad_requests(anonymous, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = anonymous.get("/healthz", headers={"host": "evil.test"})
    assert response.status_code == 400
    assert "Nothing was changed" in response.text


def test_vendored_files_are_listed_with_their_licenses():
    vendor = ROOT / "static" / "vendor"
    listed = (vendor / "README.md").read_text()
    for folder in (found for found in vendor.iterdir() if found.is_dir()):
        assert folder.name in listed
        assert (folder / "LICENSE").stat().st_size > 0
        assert not any("sourceMappingURL" in found.read_text() for found in folder.iterdir())
