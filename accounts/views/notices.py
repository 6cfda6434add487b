"""通知方式: by which channel a person hears of their case. Kept per person; e-mail until they choose otherwise."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import waiting
from accounts.models import User


class ChannelForm(forms.Form):
    """E-mail, or SMS where a number is verified."""

    channel = forms.ChoiceField(
        label=gettext_lazy("通知方式"),
        choices=User.NoticeChannel.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选一种通知方式。"),
            "invalid_choice": gettext_lazy("没有这种通知方式。"),
        },
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_channel(self) -> str:
        channel = str(self.cleaned_data["channel"])
        if channel == User.NoticeChannel.SMS and not self.person.phone_verified:
            raise forms.ValidationError(_("还没有验证过的手机号。请先添加并验证手机号，再选短信。"))
        return channel


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """Show the choice and keep it; then back to the page it was made on."""
    person: Any = request.user
    back = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("me")
    is_post = request.method == "POST"
    form = ChannelForm(request.POST if is_post else None, person=person)
    if is_post and form.is_valid():
        User.objects.filter(pk=person.pk).update(notice_channel=form.cleaned_data["channel"])
        words = dict(User.NoticeChannel.choices)[form.cleaned_data["channel"]]
        messages.success(request, _("以后用%(channel)s通知您。") % {"channel": words})
        return redirect(back)
    context = {"form": form, "back": back, "address": waiting.masked(person.email)}
    return render(request, "accounts/notices.html", context, status=422 if is_post else 200)
