using AgentOS.Studio.Layout;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace AgentOS.Studio.Tests.Layout;

public sealed class AddressQueryTests
{
    private readonly SlowBrowser _browser = new("http://localhost/goals?state=all");
    private readonly AddressQuery _query;

    public AddressQueryTests() => _query = new(_browser);

    [Fact]
    public void What_is_chosen_before_the_browser_has_arrived_adds_to_what_was_chosen_before()
    {
        _query.Set("repository", "webshop");
        _query.Set("find", "  seven ");
        _query.IsSettled.ShouldBeFalse();

        _browser.Arrive();
        _query.IsSettled.ShouldBeFalse("the second is still on its way");
        _browser.Arrive();
        _browser.Uri.ShouldBe("http://localhost/goals?state=all&repository=webshop&find=seven");
        _query.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void What_is_taken_back_before_the_browser_has_arrived_is_taken_back()
    {
        _query.Set("find", "seven");
        _query.Set("find", " ");
        _browser.Arrive();
        _browser.Arrive();
        _browser.Uri.ShouldBe("http://localhost/goals?state=all");

        _query.Set("repository", "webshop");
        _query.Clear();
        _browser.Arrive();
        _browser.Arrive();
        _browser.Uri.ShouldBe("http://localhost/goals");
    }

    [Fact]
    public void What_is_there_already_sends_the_browser_nowhere()
    {
        _query.Set("state", "all");
        _browser.IsOnItsWay.ShouldBeFalse();
        _query.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void A_link_that_was_followed_since_is_what_the_next_choice_adds_to()
    {
        _query.Set("find", "seven");
        _browser.Arrive();
        _browser.Follow("http://localhost/goals?before=3");
        _query.Set("find", "eight");
        _browser.Arrive();
        _browser.Uri.ShouldBe("http://localhost/goals?before=3&find=eight");
    }

    [Fact]
    public void A_page_that_was_left_does_not_come_back()
    {
        _query.Set("find", "seven");
        _browser.Follow("http://localhost/lessons");
        _query.IsSettled.ShouldBeTrue();
        _query.Set("retired", "true");
        _browser.Arrive();
        _browser.Arrive();
        _browser.Uri.ShouldBe("http://localhost/lessons?retired=true");
    }

    /// <summary>A browser that arrives where it was sent only when the test says so, in order.</summary>
    private sealed class SlowBrowser : NavigationManager
    {
        private readonly Queue<string> _way = [];

        public SlowBrowser(string address) => Initialize("http://localhost/", address);

        public bool IsOnItsWay => _way.Count > 0;

        protected override void NavigateToCore(string uri, NavigationOptions options) => _way.Enqueue(ToAbsoluteUri(uri).AbsoluteUri);

        public void Arrive() => Follow(_way.Dequeue());

        public void Follow(string address)
        {
            Uri = address;
            NotifyLocationChanged(isInterceptedLink: false);
        }
    }
}
